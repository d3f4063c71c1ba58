/*
 * The command line from its sources, without a build, for who works on them. To be run with
 * `--conditions=@obb/source`, by which packages lead to their sources.
 */
import { transformSync } from '@swc/core'
import { readFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { fileURLToPath } from 'node:url'
import jest from '../jest.config.mjs'
import { root } from './runtime.mjs'

const [, options] = jest.transform['^.+\\.ts$']

registerHooks({
  // Sources name each other as what they are compiled to.
  resolve: (specifier, context, next) =>
    next(
      specifier.startsWith('.') && context.parentURL?.endsWith('.ts')
        ? specifier.replace(/\.js$/, '.ts')
        : specifier,
      context,
    ),
  load(url, context, next) {
    if (!url.endsWith('.ts')) return next(url, context)
    const filename = fileURLToPath(url)
    const { code } = transformSync(readFileSync(filename, 'utf8'), { ...options, filename, swcrc: false })
    return { format: 'module', source: code, shortCircuit: true }
  },
})

const cli = await import('../apps/cli/src/index.ts')
process.exitCode = await cli.run(process.argv.slice(2), cli.processIo(root))
