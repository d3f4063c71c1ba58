import { describePortalSetup } from './portal-setup.js'

describePortalSetup('embedded')
