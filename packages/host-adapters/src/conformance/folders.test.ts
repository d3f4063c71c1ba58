import { readFile, readdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { discover } from '../kit/registry.js'
import { folderOf } from '../../../../scripts/new-adapter.mjs'

const sources = fileURLToPath(new URL('..', import.meta.url))

/** Every folder has these. */
const REQUIRED = ['index.ts', 'fake.ts', 'conformance.ts']
/** A platform that does not speak a dialect has these too. */
const REQUIRED_ALONE = ['refusals.ts']
const PARTS = [...REQUIRED, ...REQUIRED_ALONE, 'api.ts', 'links.ts']

/** Other names for the same parts. */
const SYNONYM = /^(adapter|client|errors?|link|match|mocks?|refusal|responses?|rules|stubs?)\.ts$/

const TEST = /\.(spec|test)\.ts$/
/** A stand-in of several files. */
const PART_OF_FAKE = /^fake-[a-z-]+\.ts$/

const filesIn = async (folder: string) => (await readdir(join(sources, folder))).sort()
const textOf = (folder: string, file: string) => readFile(join(sources, folder, file), 'utf8')

/**
 * What does not look like every other folder, one line each. A file that is none of the parts is about a subject that
 * no other platform has, and begins with a comment that says which.
 */
async function strange(folder: string, required: readonly string[], parts: readonly string[]) {
  const files = await filesIn(folder)
  const others = files.filter((file) => !parts.includes(file) && !TEST.test(file) && !PART_OF_FAKE.test(file))
  const texts = await Promise.all(others.map((file) => textOf(folder, file)))
  return [
    ...required.filter((file) => !files.includes(file)).map((file) => `${file} is missing`),
    ...others
      .filter((file, at) => SYNONYM.test(file) || !texts[at]?.startsWith('/*'))
      .map(
        (file) => `${file} is none of ${parts.join(', ')}, and no subject of its own with a comment on top`,
      ),
  ]
}

const platforms = await discover()
const dialects = await filesIn('dialects')

describe('platforms look alike', () => {
  it('a folder is called after the id of its platform', () => {
    expect(platforms.map(({ folder }) => folder)).toEqual(
      platforms.map(({ adapter }) => folderOf(adapter.manifest.id)),
    )
  })

  it.each(platforms.map(({ folder }) => folder))('%s has the files that platforms have', async (folder) => {
    const path = `platforms/${folder}`
    const inDialect = (await textOf(path, 'index.ts')).includes("from '../../dialects/")
    const alone = [...REQUIRED_ALONE, `${folder}.spec.ts`]
    expect(await strange(path, inDialect ? REQUIRED : [...REQUIRED, ...alone], PARTS)).toEqual([])
  })
})

describe('dialects look alike', () => {
  it.each(dialects)('%s has the files that dialects have', async (dialect) => {
    const parts = [...PARTS, 'site.ts']
    expect(await strange(`dialects/${dialect}`, [...parts, `${dialect}.spec.ts`], parts)).toEqual([])
  })

  it.each(dialects)('%s makes adapter, stand-in and conformance from a site', async (dialect) => {
    for (const [file, name] of Object.entries({
      'index.ts': 'adapter',
      'fake.ts': 'fake',
      'conformance.ts': 'conformance',
    })) {
      const module = (await import(`../dialects/${dialect}/${file.replace('.ts', '.js')}`)) as object
      expect(module).toHaveProperty(name, expect.any(Function))
    }
  })
})
