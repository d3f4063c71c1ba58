/* npm run build: what a fresh clone needs before anything can run, and nothing else. */
export { setUp as main } from './setup.mjs'
