// What the embedded wallet needs of Bitcoin: words, keys, hashes, signatures, transactions.
export { base32, base58check, base64, bech32, bech32m, hex } from '@scure/base';
export { HARDENED_OFFSET, HDKey } from '@scure/bip32';
export {
  entropyToMnemonic,
  generateMnemonic,
  mnemonicToEntropy,
  mnemonicToSeed,
  validateMnemonic,
} from '@scure/bip39';
export { wordlist } from '@scure/bip39/wordlists/english.js';
export { Address, NETWORK, OutScript, Script, TEST_NETWORK, Transaction } from '@scure/btc-signer';
export { RawPSBTV0, RawPSBTV2 } from '@scure/btc-signer/psbt.js';
export { RawTx } from '@scure/btc-signer/script.js';
export { secp256k1 } from '@noble/curves/secp256k1.js';
export { hmac } from '@noble/hashes/hmac.js';
export { ripemd160 } from '@noble/hashes/legacy.js';
export { scryptAsync } from '@noble/hashes/scrypt.js';
export { sha256 } from '@noble/hashes/sha2.js';
export { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
