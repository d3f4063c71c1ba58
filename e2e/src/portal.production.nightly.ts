import { describePortal } from './portal.js'

describePortal('production')
