/*
 * The stand-ins of platforms and what they serve, for tests, benches and `obb fakehost`. No process that serves users
 * imports this: they go without it.
 */
export type { ApiKnobs } from './fake/api-knobs.js'
export { contentBytes, contentDigest, fileContent, patternContent } from './fake/content.js'
export type * from './fake/fake-host.js'
export type { CannedAnswer } from './fake/fake-server.js'
export { loadFake } from './fake/load-fake.js'
export { sampleManifest } from './fake/sample-manifest.js'
export type { TransferKnobs } from './fake/transfer.js'
