import { execFile } from 'node:child_process'
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, expect, it } from '@jest/globals'

const sources = fileURLToPath(new URL('..', import.meta.url))
const root = join(sources, '../../..')
const run = promisify(execFile)
let copy: string | undefined

afterEach(async () => {
  if (copy !== undefined) await rm(copy, { recursive: true })
  copy = undefined
})

/** Beside the sources, where packages are found. */
async function copied(): Promise<string> {
  copy = await mkdtemp(join(sources, '../new-adapter-'))
  await cp(sources, join(copy, 'src'), { recursive: true })
  return join(copy, 'src')
}

const script = JSON.stringify(join(root, 'scripts/new-adapter.mjs'))
const newAdapter = (name: string, within: string) =>
  run('node', [
    '-e',
    `import(${script}).then((made) => made.newAdapter(...${JSON.stringify([name, within])}))`,
  ])

it('a new adapter is a folder whose suite runs, and fails with a list of what is missing', async () => {
  const within = await copied()
  await newAdapter('PhotoGallery', within)
  expect((await readdir(join(within, 'platforms/photo-gallery'))).sort()).toEqual([
    'conformance.ts',
    'fake.ts',
    'index.ts',
    'photo-gallery.spec.ts',
    'refusals.ts',
  ])
  const jest = join(root, 'node_modules/jest/bin/jest.js')
  const args = [
    '--roots',
    within,
    '--maxWorkers=1',
    '--colors=false',
    'src/conformance.test',
    '-t',
    'PhotoGallery is complete',
  ]
  const failed: unknown = await run('node', ['--experimental-vm-modules', jest, ...args], {
    cwd: root,
  }).catch((error: unknown) => error)
  const { code, stderr } = failed as { code: number; stderr: string }
  expect(code).toBe(1)
  expect(stderr).toMatch(/Tests: +1 failed/)
  for (const what of ['domains', 'origins', 'facts', 'reviewed'])
    expect(stderr).toContain(`manifest.${what}: `)
  for (const what of ['links', 'foreign']) expect(stderr).toContain(`conformance.${what}: `)
  await expect(newAdapter('PhotoGallery', within)).rejects.toThrow('exists already')
})

it.each(['gallery', 'Two Words', '../Up', ''])('a new adapter is not called %j', async (name) => {
  await expect(newAdapter(name, '/nowhere')).rejects.toThrow('Name the platform')
})
