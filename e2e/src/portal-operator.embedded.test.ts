import { describePortalOperator } from './portal-operator.js'

describePortalOperator('embedded')
