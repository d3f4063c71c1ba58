import { describePortalAdd } from './portal-add.js'

describePortalAdd('production')
