import { describePortalStrangers } from './portal-strangers.js'

describePortalStrangers('production')
