import { discover } from '../kit/registry.js'
import type { FakePlatform } from './fake-host.js'
import type { TransferKnobs } from './transfer.js'

/**
 * The stand-in server of a platform; name its own knobs where the common ones are not enough. Throws for
 * an unknown id.
 */
export async function loadFake<Knobs extends object = TransferKnobs>(
  platformId: string,
): Promise<FakePlatform<Knobs>> {
  const platform = (await discover()).find(({ adapter }) => adapter.manifest.id === platformId)
  if (platform === undefined) throw new Error(`No platform ${JSON.stringify(platformId)}`)
  const { fake } = (await import(`../platforms/${platform.folder}/fake.js`)) as {
    fake: FakePlatform<Knobs>
  }
  return fake
}
