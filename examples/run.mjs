// `npm run example -- NAME`: records one example and prints its verdict. Without a name: which there are.
import { CHAPTERS, EXAMPLES, headerOf } from './catalogue.mjs';
import { showExample } from './showExample.mjs';

const [name, ...others] = process.argv.slice(2);

function list() {
  const width = Math.max(...EXAMPLES.map((example) => example.name.length));
  for (const { title, examples } of CHAPTERS) {
    console.log(`\n${title}`);
    for (const example of examples) {
      const [sentence] = /^.*?[.:?](?= |$)/.exec(headerOf(example).summary) ?? [];
      console.log(`  ${example.name.padEnd(width)}  ${sentence.replace(/[.:]$/, '')}`);
    }
  }
  console.log('\nnpm run example -- NAME');
}

async function run() {
  if (name === undefined) return list();
  const example = EXAMPLES.find((one) => one.name === name);
  if (example === undefined) throw new Error(`there is no example "${name}": npm run example lists them`);
  if (others.length > 0) throw new Error(`one name at a time, not also ${others.join(' ')}`);
  await showExample(example);
}

await run().catch((error) => {
  console.error(`npm run example: ${error.message}`);
  process.exitCode = 1;
});
