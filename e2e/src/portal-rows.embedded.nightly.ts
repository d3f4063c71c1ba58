import { describePortalRows } from './portal-rows.js'

describePortalRows('embedded')
