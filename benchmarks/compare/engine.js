// Times the Hugging Face engine on the chunks that `compare` wrote: one call per chunk, and all chunks in one call. Prints
// shape, what, the row of this library to compare with, and microseconds per chunk.
const { Tokenizer } = require('tokenizers');
const fs = require('fs');
const path = require('path');

const folder = process.argv[2];
const passes = 7;

function median(times) {
  return times.sort((a, b) => a - b)[times.length >> 1];
}

async function time(pass, count) {
  await pass();
  const times = [];
  for (let i = 0; i < passes; i++) {
    const start = process.hrtime.bigint();
    await pass();
    times.push(Number(process.hrtime.bigint() - start) / 1000 / count);
  }
  return median(times);
}

(async () => {
  const engine = Tokenizer.fromFile(path.join(folder, 'tokenizer.json'));
  for (const shape of fs.readFileSync(path.join(folder, 'shapes.txt'), 'utf8').trim().split('\n')) {
    const chunks = JSON.parse(fs.readFileSync(path.join(folder, shape + '.json'), 'utf8'));
    const texts = chunks.map(chunk => String.fromCodePoint(...chunk.characters));
    const ids = chunks.map(chunk => chunk.tokens);
    const options = { addSpecialTokens: false };

    for (let i = 0; i < texts.length; i++) {
      const theirs = (await engine.encode(texts[i], null, options)).getIds();
      if (theirs.join() !== ids[i].join()) throw new Error(`${shape}, chunk ${i}: the engine gives other ids`);
    }

    const rows = [
      ['engine encode, one call', 'encode', await time(async () => { for (const text of texts) await engine.encode(text, null, options); }, texts.length)],
      ['engine encode, one batch', 'encode', await time(() => engine.encodeBatch(texts, options), texts.length)],
      ['engine decode, one call', 'decode', await time(async () => { for (const list of ids) await engine.decode(list, false); }, ids.length)],
      ['engine decode, one batch', 'decode', await time(() => engine.decodeBatch(ids, false), ids.length)],
    ];
    for (const [what, key, peer] of rows) console.log([shape, what, key, peer.toFixed(3)].join('\t'));
  }
})();
