// Bytewords (BCR-2020-012) in their short form, with the checksum that ends them: how URs write bytes.
const WORDS =
  "ableacidalsoapexaquaarchatomauntawayaxisbackbaldbarnbeltbetabiasbluebodybragbrewbulbbuzzcalmcashcatschefcity" +
  "clawcodecolacookcostcruxcurlcuspcyandarkdatadaysdelidicedietdoordowndrawdropdrumdulldutyeacheasyechoedgeepic" +
  "evenexamexiteyesfactfairfernfigsfilmfishfizzflapflewfluxfoxyfreefrogfuelfundgalagamegeargemsgiftgirlglowgood" +
  "graygrimgurugushgyrohalfhanghardhawkheathelphighhillholyhopehornhutsicedideaidleinchinkyintoirisironitemjade" +
  "jazzjoinjoltjowljudojugsjumpjunkjurykeepkenokeptkeyskickkilnkingkitekiwiknoblamblavalazyleaflegsliarlimplion" +
  "listlogoloudloveluaulucklungmainmanymathmazememomenumeowmildmintmissmonknailnavyneednewsnextnoonnotenumbobey" +
  "oboeomitonyxopenovalowlspaidpartpeckplaypluspoempoolposepuffpumapurrquadquizraceramprealredorichroadrockroof" +
  "rubyruinrunsrustsafesagascarsetssilkskewslotsoapsolosongstubsurfswantacotasktaxitenttiedtimetinytoiltombtoys" +
  "triptunatwinuglyundouniturgeuservastveryvetovialvibeviewvisavoidvowswallwandwarmwaspwavewaxywebswhatwhenwhizwolf" +
  "workyankyawnyellyogayurtzapszerozestzinczonezoom";
const PAIRS = Array.from({ length: 256 }, (_, at) => WORDS[at * 4] + WORDS[at * 4 + 3]);
const NUMBERS = new Map(PAIRS.map((pair, at) => [pair, at]));

/** @param {Uint8Array} bytes @returns {string} two letters for each byte, four bytes of checksum behind them */
export function toWords(bytes) {
  return [...bytes, ...checkBytes(bytes)].map((byte) => PAIRS[byte]).join("");
}

/** @param {string} text @returns {Uint8Array|null} null where it is none, or its checksum is wrong */
export function fromWords(text) {
  const numbers = (text.toLowerCase().match(/../g) ?? []).map((pair) => NUMBERS.get(pair));
  if (text.length % 2 || numbers.length < 5 || numbers.includes(undefined)) return null;
  const bytes = Uint8Array.from(numbers.slice(0, -4));
  return checkBytes(bytes).every((byte, at) => byte === numbers[bytes.length + at]) ? bytes : null;
}

function checkBytes(bytes) {
  const sum = crc32(bytes);
  return [24, 16, 8, 0].map((shift) => (sum >>> shift) & 255);
}

/** @param {Uint8Array} bytes @returns {number} 0 to 2**32 - 1 */
export function crc32(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}
