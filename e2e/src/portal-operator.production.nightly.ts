import { describePortalOperator } from './portal-operator.js'

describePortalOperator('production')
