import { PageHeader } from '../shared/page-header.js'
import { m } from '../shared/text.js'

export function ProfilePage() {
  return <PageHeader title={m.nav_profile()} />
}
