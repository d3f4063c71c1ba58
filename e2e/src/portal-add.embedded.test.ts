import { describePortalAdd } from './portal-add.js'

describePortalAdd('embedded')
