import { describePortalWork } from './portal-work.js'

describePortalWork('production')
