import { describeConformance } from './conformance/describe-conformance.js'
import type { PlatformConformance } from './conformance/platform-conformance.js'
import { discover } from './registry.js'

const platforms = await discover()

for (const { folder, adapter } of platforms) {
  const module = (await import(`./platforms/${folder}/conformance.js`)) as {
    conformance: PlatformConformance
  }
  const others = platforms.filter((other) => other.folder !== folder).map((other) => other.adapter)
  describeConformance(adapter, module.conformance, others)
}
