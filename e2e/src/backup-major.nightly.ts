import { afterAll, beforeAll, describe, it } from '@jest/globals'
import { type OtherMajor, otherMajor, startOtherMajor } from '@obb/testing/postgres'
import { MovedInstallation } from './moved-installation.js'

const major = otherMajor()
if (major === undefined) {
  process.stderr.write(
    'SKIPPED: no PostgreSQL of another major than ours in /usr/lib/postgresql, so no backup goes from one to another ' +
      '(apt-get install postgresql)\n',
  )
}

const withOther = major === undefined ? describe.skip : describe
withOther(`a backup (needs a PostgreSQL of another major; here is ${major ?? 'none'})`, () => {
  let installation: MovedInstallation
  let other: OtherMajor
  beforeAll(async () => {
    other = await startOtherMajor(major ?? 0)
    installation = await MovedInstallation.start()
  })
  afterAll(async () => {
    await installation?.close()
    await other?.stop()
  })

  it('of our PostgreSQL goes on in another major with its balances, links and downloads', async () => {
    await installation.moveTo('embedded', await other.createDatabase())
  })

  it('of another major goes on in ours with its balances, links and downloads', async () => {
    await installation.moveTo('embedded')
  })
})
