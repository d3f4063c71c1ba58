import { describePortal } from './portal.js'

describePortal('embedded')
