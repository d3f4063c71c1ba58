import { describePortalFromNothing } from './portal-from-nothing.js'

describePortalFromNothing('production')
