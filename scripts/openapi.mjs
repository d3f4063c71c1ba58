/*
 * npm run openapi: writes docs/openapi.json from the gateway's routes and schemas. Needs no database. A test
 * fails while the file differs from the code.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, say, setUp } from './setup.mjs'

export async function main() {
  await setUp()
  const { documentText, gatewayDocument } = await import(
    pathToFileURL(join(root, 'apps', 'api', 'dist', 'index.js')).href
  )
  const path = join(root, 'docs', 'openapi.json')
  writeFileSync(path, documentText(await gatewayDocument()))
  say(`${path} is up to date`)
}
