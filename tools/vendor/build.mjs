// Makes what is vendored from what package-lock.json names, byte for byte the same every time, with its hashes
// and licences. `node build.mjs DIRECTORY` writes it elsewhere, to be compared.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = process.argv[2] ?? join(HERE, '../..');
const PAGES = 'dashboard/static/dashboard/vendor';
const OPERATORS = 'access/static/access/vendor';
const TESTS = 'tests/browser/vendor';
const TARGET = 'es2022';

/** Each file, what it is made of and how: `bundle` an entry of src/, `copy` or `minify` a file of a package. */
const FILES = [
  { to: `${PAGES}/bitcoin.js`, bundle: 'src/bitcoin.js' },
  { to: `${PAGES}/htmx.js`, copy: 'htmx.org/dist/htmx.min.js', of: 'htmx.org' },
  {
    to: `${PAGES}/lightweight-charts.js`,
    copy: 'lightweight-charts/dist/lightweight-charts.standalone.production.mjs',
    of: 'lightweight-charts',
  },
  { to: `${PAGES}/qr.js`, bundle: 'src/qr.js' },
  { to: `${PAGES}/qr_scan.js`, bundle: 'src/qr_scan.js' },
  { to: `${PAGES}/uplot.css`, copy: 'uplot/dist/uPlot.min.css', of: 'uplot' },
  { to: `${PAGES}/uplot.js`, minify: 'uplot/dist/uPlot.esm.js', of: 'uplot' },
  // The build that evaluates no strings as code: operators' pages have the same policy as all others.
  { to: `${OPERATORS}/alpine.js`, copy: '@alpinejs/csp/dist/cdn.min.js', of: '@alpinejs/csp' },
  { to: `${TESTS}/axe.js`, copy: 'axe-core/axe.min.js', of: 'axe-core' },
];

/** What is in a bundle beside the package that the file is named after. */
const INSIDE = {
  'alpine.js': ['@alpinejs/csp', '@vue/reactivity', '@vue/shared'],
  'bitcoin.js': [
    '@noble/curves',
    '@noble/hashes',
    '@scure/base',
    '@scure/bip32',
    '@scure/bip39',
    '@scure/btc-signer',
    'micro-packed',
  ],
  'lightweight-charts.js': ['fancy-canvas', 'lightweight-charts'],
  'qr.js': ['qr'],
  'qr_scan.js': ['qr'],
};

const packaged = (path) => readFileSync(join(HERE, 'node_modules', path), 'utf8');

async function made(file) {
  if (file.bundle) return bundled(file.bundle);
  const text = unmapped(packaged(file.copy ?? file.minify));
  if (file.copy) return text;
  const minified = await transform(text, { minify: true, target: TARGET, charset: 'utf8' });
  return minified.code;
}

async function bundled(entry) {
  const result = await build({
    absWorkingDir: HERE,
    bundle: true,
    charset: 'utf8',
    entryPoints: [entry],
    format: 'esm',
    legalComments: 'none',
    minify: true,
    target: TARGET,
    write: false,
  });
  return result.outputFiles[0].text;
}

/** A source map that is not shipped would be looked for, by browsers and by whoever collects static files. */
function unmapped(text) {
  return text.replace(/^\s*\/[/*]# sourceMappingURL=.*$/gm, '').trimEnd() + '\n';
}

const packageFile = (name) => JSON.parse(packaged(`${name}/package.json`));

function licenceText(name) {
  const folder = join(HERE, 'node_modules', name);
  const files = readdirSync(folder).filter((file) => /^(licen[cs]e|notice)/i.test(file)).sort();
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return texts.join('\n\n') || `Its package has no file for it; it says "${packageFile(name).license}".`;
}

function licences(folder, credits) {
  const parts = [
    '# What is vendored, and its licences',
    `Made by \`make vendor\` from \`tools/vendor/package-lock.json\`.${credits}`,
  ];
  for (const file of FILES.filter((one) => one.to.startsWith(folder))) {
    const short = relative(folder, file.to);
    for (const name of INSIDE[short] ?? [file.of]) parts.push(`- \`${short}\`: ${named(name)}`);
  }
  const everyone = FILES.filter((one) => one.to.startsWith(folder)).flatMap(
    (file) => INSIDE[relative(folder, file.to)] ?? [file.of],
  );
  for (const name of [...new Set(everyone)].sort()) {
    parts.push(`## ${named(name)}\n\n\`\`\`text\n${licenceText(name)}\n\`\`\``);
  }
  return parts.join('\n\n').replaceAll('\n\n- ', '\n- ').replace('\n- ', '\n\n- ') + '\n';
}

function named(name) {
  const { version, license } = packageFile(name);
  return `${name} ${version} (${license})`;
}

function put(path, text) {
  mkdirSync(dirname(join(ROOT, path)), { recursive: true });
  writeFileSync(join(ROOT, path), text);
}

const hashes = {};
for (const file of FILES) {
  const text = await made(file);
  put(file.to, text);
  hashes[file.to] = createHash('sha256').update(text).digest('hex');
}
const TRADING_VIEW =
  ' Charts by TradingView Lightweight Charts™, Copyright (с) 2025 TradingView, Inc. https://www.tradingview.com/';
put(`${PAGES}/LICENSES.md`, licences(PAGES, TRADING_VIEW));
put(`${OPERATORS}/LICENSES.md`, licences(OPERATORS, ''));
put('tools/vendor/hashes.json', `${JSON.stringify(hashes, null, 2)}\n`);
