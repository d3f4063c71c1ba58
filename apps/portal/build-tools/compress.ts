import { readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

/** Smaller ones gain nothing, bytes. */
const MIN_SIZE = 512
const COMPRESSIBLE = /\.(?:js|css|svg|json|webmanifest)$/

const brotli = (bytes: Buffer) =>
  promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } })

/** compress lays `.br` and `.gz` beside what is built, so that the gateway sends files as they lie. */
export function compress(): Plugin {
  return {
    name: 'compress',
    apply: 'build',
    async writeBundle({ dir }) {
      if (dir === undefined) return
      const names = await readdir(dir, { recursive: true })
      for (const path of names.filter((name) => COMPRESSIBLE.test(name)).map((name) => join(dir, name))) {
        const bytes = await readFile(path)
        if (bytes.length < MIN_SIZE) continue
        await writeFile(`${path}.br`, await brotli(bytes))
        await writeFile(`${path}.gz`, await promisify(gzip)(bytes, { level: 9 }))
      }
    },
  }
}
