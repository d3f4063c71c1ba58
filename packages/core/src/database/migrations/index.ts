import { Initial1764000000000 } from './1764000000000-initial.js'
import { Limits1764001000000 } from './1764001000000-limits.js'
import { Hashes1764002000000 } from './1764002000000-hashes.js'
import { Hosts1764010000000 } from './1764010000000-hosts.js'
import { Switches1764020000000 } from './1764020000000-switches.js'
import { Documents1764030000000 } from './1764030000000-documents.js'
import { Bandwidth1764040000000 } from './1764040000000-bandwidth.js'
import { Canaries1764050000000 } from './1764050000000-canaries.js'
import { Names1764060000000 } from './1764060000000-names.js'
import { HashStates1764070000000 } from './1764070000000-hash-states.js'
import { BandwidthShares1764080000000 } from './1764080000000-bandwidth-shares.js'
import { StoreState1764090000000 } from './1764090000000-store-state.js'
import { Removals1764100000000 } from './1764100000000-removals.js'
import { Queues1764110000000 } from './1764110000000-queues.js'
import { Growth1764120000000 } from './1764120000000-growth.js'
import { Usage1764130000000 } from './1764130000000-usage.js'
import { Audit1764140000000 } from './1764140000000-audit.js'
import { Queries1764141000000 } from './1764141000000-queries.js'
import { LinkNames1764160000000 } from './1764160000000-link-names.js'
import { Deaths1764180000000 } from './1764180000000-deaths.js'
import { BlockRevision1764190000000 } from './1764190000000-block-revision.js'
import { Waiting1764200000000 } from './1764200000000-waiting.js'
import { Rests1764205000000 } from './1764205000000-rests.js'
import { TriedAlone1764206000000 } from './1764206000000-tried-alone.js'
import { Sizes1764210000000 } from './1764210000000-sizes.js'
import { Superseded1764211000000 } from './1764211000000-superseded.js'
import { Gaps1764230000000 } from './1764230000000-gaps.js'
import { HostWords1764240000000 } from './1764240000000-host-words.js'
import { LinkLists1764270000000 } from './1764270000000-link-lists.js'
import { SignIn1764280000000 } from './1764280000000-sign-in.js'
import { SecondFactor1764283000000 } from './1764283000000-second-factor.js'
import { Keys1764290000000 } from './1764290000000-keys.js'
import { HostHistory1764291000000 } from './1764291000000-host-history.js'
import { RequestIds1764350000000 } from './1764350000000-request-ids.js'
import { Passkeys1764360000000 } from './1764360000000-passkeys.js'
import { LinkedIdentities1764370000000 } from './1764370000000-linked-identities.js'
import { DeviceGrants1764370010000 } from './1764370010000-device-grants.js'
import { Mail1764380000000 } from './1764380000000-mail.js'
import { GuidedSetUp1764390000000 } from './1764390000000-guided-set-up.js'
import { Shares1764400000000 } from './1764400000000-shares.js'
import { Packages1764400000010 } from './1764400000010-packages.js'
import { StatusPage1764410000000 } from './1764410000000-status-page.js'
import { Notifications1764420000000 } from './1764420000000-notifications.js'
import { ViewAs1764430000000 } from './1764430000000-view-as.js'
import { QuietHours1764440000000 } from './1764440000000-quiet-hours.js'
import { Findings1764450000000 } from './1764450000000-findings.js'
import { NightlyBackups1764460000000 } from './1764460000000-nightly-backups.js'
import { Levels1764460000010 } from './1764460000010-levels.js'
import { Streams1764460000030 } from './1764460000030-streams.js'
import { Maintenance1764460000050 } from './1764460000050-maintenance.js'
import { KeyUsage1764470000000 } from './1764470000000-key-usage.js'

/** In order; what a released migration makes is never changed. */
export const migrations = [
  Initial1764000000000,
  Limits1764001000000,
  Hashes1764002000000,
  Hosts1764010000000,
  Switches1764020000000,
  Documents1764030000000,
  Bandwidth1764040000000,
  Canaries1764050000000,
  Names1764060000000,
  HashStates1764070000000,
  BandwidthShares1764080000000,
  StoreState1764090000000,
  Removals1764100000000,
  Queues1764110000000,
  Growth1764120000000,
  Usage1764130000000,
  Audit1764140000000,
  Queries1764141000000,
  LinkNames1764160000000,
  Deaths1764180000000,
  BlockRevision1764190000000,
  Waiting1764200000000,
  Rests1764205000000,
  TriedAlone1764206000000,
  Sizes1764210000000,
  Superseded1764211000000,
  Gaps1764230000000,
  HostWords1764240000000,
  LinkLists1764270000000,
  SignIn1764280000000,
  SecondFactor1764283000000,
  Keys1764290000000,
  HostHistory1764291000000,
  RequestIds1764350000000,
  Passkeys1764360000000,
  LinkedIdentities1764370000000,
  DeviceGrants1764370010000,
  Mail1764380000000,
  GuidedSetUp1764390000000,
  Shares1764400000000,
  Packages1764400000010,
  StatusPage1764410000000,
  Notifications1764420000000,
  ViewAs1764430000000,
  QuietHours1764440000000,
  Findings1764450000000,
  NightlyBackups1764460000000,
  Levels1764460000010,
  Streams1764460000030,
  Maintenance1764460000050,
  KeyUsage1764470000000,
]
