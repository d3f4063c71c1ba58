import type { PlatformConformance } from './conformance/platform-conformance.js'
import { Subject } from './conformance/subject.js'
import { describeLinear } from './conformance/suite/linear.js'
import { discover } from './kit/registry.js'

/** The folder of the only platform that is asked for (npm run adapter); all of them when unset. */
const only = process.env['ADAPTER']
const platforms = await discover()

for (const { folder, adapter } of platforms) {
  if (only !== undefined && folder !== only) continue
  const { conformance } = (await import(`./platforms/${folder}/conformance.js`)) as {
    conformance: PlatformConformance
  }
  const others = platforms.filter((other) => other.folder !== folder).map((other) => other.adapter)
  describeLinear(await Subject.of(adapter, conformance, others))
}
