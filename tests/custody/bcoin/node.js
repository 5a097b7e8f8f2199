'use strict';
// A regtest node in memory, alone, whose RPC has the shape of Bitcoin Core's where bcoin's own differs.
// Environment: RPC_PASSWORD. Prints the port on which it answers; ends with its standard input.
process.env.NODE_BACKEND = 'js';

const network = require('bcoin/lib/protocol/networks').regtest;
Object.assign(network.addressPrefix, {pubkeyhash: 0x6f, scripthash: 0xc4, bech32: 'bcrt'});
network.seeds = [];

const FullNode = require('bcoin/lib/node/fullnode');
const Address = require('bcoin/lib/primitives/address');
const MempoolEntry = require('bcoin/lib/mempool/mempoolentry');
const TX = require('bcoin/lib/primitives/tx');

MempoolEntry.prototype.isFree = () => false;  // nor is anything to Bitcoin Core

const node = new FullNode({
  network: 'regtest', memory: true, listen: false, workers: false, indexTX: true,
  apiKey: process.env.RPC_PASSWORD, httpHost: '127.0.0.1', httpPort: 0,
});
const calls = node.rpc.calls;
const refusal = (message, code) => Object.assign(new Error(message), {type: 'RPCError', code});

// The stock call hands the transaction over and never hears what became of it.
calls.sendrawtransaction = async ([hex]) => {
  let tx;
  try { tx = TX.fromRaw(Buffer.from(hex, 'hex')); } catch (error) { throw refusal('TX decode failed', -22); }
  if (node.mempool.has(tx.hash())) return tx.txid();
  let missing;
  try { missing = await node.mempool.addTX(tx); } catch (error) { throw refusal(error.reason || error.message, -26); }
  if (missing) throw refusal('bad-txns-inputs-missingorspent', -25);
  return tx.txid();
};

// The stock one does not look at what the mempool spends.
const unspent = calls.gettxout;
calls.gettxout = async function ([txid, vout, withMempool = true], ...more) {
  const hash = Buffer.from(txid, 'hex').reverse().toString('hex');
  if (withMempool && node.mempool.isSpent(hash, vout)) return null;
  return unspent.call(this, [txid, vout, withMempool], ...more);
};

// A longer branch without anything of the mempool takes the place of the last blocks.
calls.reorganize = async ([depth, address]) => {
  let parent = await node.chain.getEntryByHeight(node.chain.height - depth);
  node.miner.mempool = null;
  try {
    for (let mined = 0; mined <= depth; mined++) {
      const block = await node.miner.cpu.mineBlock(parent, Address.fromString(address, node.network));
      parent = await node.chain.add(block);
    }
  } finally {
    node.miner.mempool = node.mempool;
  }
  return parent.rhash();
};

// Bitcoin Core has a code of its own for what is not there.
const notFound = (name, words) => {
  const stock = calls[name];
  calls[name] = async function (...given) {
    try {
      return await stock.apply(this, given);
    } catch (error) {
      throw words.includes(error.message) ? refusal(error.message, -5) : error;
    }
  };
};
notFound('getrawtransaction', ['Transaction not found.']);
notFound('getblock', ['Block not found']);
notFound('getblockheader', ['Block not found']);

// It knows no mode, says -1 where it knows nothing, and names the figure otherwise.
const estimate = calls.estimatesmartfee;
calls.estimatesmartfee = async function ([blocks], ...more) {
  const {fee} = await estimate.call(this, [blocks], ...more);
  return fee > 0 ? {feerate: fee, blocks} : {errors: ['Insufficient data or no feerate found'], blocks};
};

const close = () => node.close().finally(() => process.exit(0));
process.stdin.on('end', close).resume();  // whoever started it is gone
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, close);

(async () => {
  await node.ensure();
  await node.open();
  console.log(node.http.http.address().port);
})().catch((error) => { console.error(error); process.exit(1); });
