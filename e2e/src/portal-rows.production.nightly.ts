import { describePortalRows } from './portal-rows.js'

describePortalRows('production')
