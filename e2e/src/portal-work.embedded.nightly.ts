import { describePortalWork } from './portal-work.js'

describePortalWork('embedded')
