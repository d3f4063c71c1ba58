/*
 * npm run new-adapter <Name>: a folder for a platform, made from the template. Its suite runs from the start
 * and names what is still missing. docs/adapters.md leads on from there.
 */
import { cpSync, existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './runtime.mjs'

const sources = join(root, 'packages/host-adapters/src')

/** The folder of a platform: its id in kebab case, `one-fichier` of OneFichier. */
export function folderOf(id) {
  return id.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()
}

/** Makes the folder and returns its path. Throws with a sentence for a name that is taken or no identifier. */
export function newAdapter(name, within = sources) {
  if (!/^[A-Z][A-Za-z0-9]{1,39}$/.test(name ?? '')) {
    throw new Error(
      'Name the platform as its users will see it, such as PixelDrain: a capital first, no blanks.',
    )
  }
  const folder = folderOf(name)
  const target = join(within, 'platforms', folder)
  if (existsSync(target)) throw new Error(`platforms/${folder} exists already.`)
  cpSync(join(within, 'conformance/template'), target, { recursive: true })
  for (const file of readdirSync(target)) {
    const path = join(target, file.replace('sample', folder))
    renameSync(join(target, file), path)
    writeFileSync(
      path,
      readFileSync(path, 'utf8').replaceAll('Sample', name).replaceAll('sample', name.toLowerCase()),
    )
  }
  return target
}

export function main([name]) {
  try {
    const target = newAdapter(name)
    console.log(
      `${target}\n\nIts suite, which names what is missing:\n  npm run adapter ${name}\n\nThe ten steps: docs/adapters.md`,
    )
    return 0
  } catch (error) {
    console.error(error.message)
    return 1
  }
}
