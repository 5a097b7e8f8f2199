// What the embedded wallet needs of Bitcoin: words, keys, hashes, signatures, transactions.
export { base64, hex } from '@scure/base';
export { HARDENED_OFFSET, HDKey } from '@scure/bip32';
export { entropyToMnemonic, generateMnemonic, mnemonicToEntropy, mnemonicToSeed } from '@scure/bip39';
export { wordlist } from '@scure/bip39/wordlists/english.js';
export { Address, OutScript, Transaction } from '@scure/btc-signer';
export { RawOldTx } from '@scure/btc-signer/script.js';
export { secp256k1 } from '@noble/curves/secp256k1.js';
export { ripemd160 } from '@noble/hashes/legacy.js';
export { scryptAsync } from '@noble/hashes/scrypt.js';
export { sha256 } from '@noble/hashes/sha2.js';
export { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
