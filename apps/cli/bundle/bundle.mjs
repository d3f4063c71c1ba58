/*
 * dist/obb.mjs: the command line in few files, a command in its own, without what it does not use of its libraries.
 * To find and compile them one by one is most of what a short command takes. The platforms stay outside: they find
 * themselves by their directory.
 */
import { build } from 'esbuild'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PARTS = fileURLToPath(new URL('undici.mjs', import.meta.url))

/** Of HTTP/2 nothing is loaded, in undici and in Node.js, until a server speaks it. */
const undici = {
  name: 'parts of undici',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, () => ({ path: PARTS }))
    onResolve({ filter: /\/client-h2\.js$/, namespace: 'file' }, ({ path, resolveDir }) => ({
      path: join(resolveDir, path),
      namespace: 'later',
    }))
    onLoad({ filter: /./, namespace: 'later' }, ({ path }) => ({
      contents: `module.exports = (...args) => require(${JSON.stringify(path)})(...args)`,
      resolveDir: dirname(path),
    }))
  },
}

await build({
  absWorkingDir: fileURLToPath(new URL('..', import.meta.url)),
  entryPoints: { obb: 'dist/index.js' },
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  external: ['@obb/host-adapters'],
  plugins: [undici],
  // CommonJS inside asks for modules of Node.js.
  banner: {
    js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
  },
  logLevel: 'warning',
})
