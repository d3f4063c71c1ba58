import { Anchor, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { DoctorView } from '@obb/contracts'
import { call } from '../../api/call.js'
import { ConfirmButton } from '../../shared/confirm-button.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { Facts } from '../../shared/facts.js'
import { formatNumber } from '../../shared/format.js'
import { PageHeader } from '../../shared/page-header.js'
import { m } from '../../shared/text.js'
import { sessionQuery } from '../../session/session.js'
import { Pending } from '../../shell/pending.js'
import { Action, Section } from '../parts.js'
import { doctorQuery } from '../queries.js'
import { useOperation } from '../use-operation.js'
import { AllSettings } from './all-settings.js'
import { Mail } from './mail.js'
import { MaintenanceSwitch } from './maintenance.js'
import { PublicPage } from './public-page.js'
import { SupportFile } from './support-file.js'

/** What the server is set to, and where that is set; what can be changed here goes first. */
export function SettingsPage() {
  const { data, error, refetch } = useQuery(doctorQuery)
  return (
    <>
      <PageHeader lead={m.admin_settings_lead()} title={m.nav_settings()} />
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Pending />}
      {data && (
        <Stack gap="md">
          <MaintenanceSwitch />
          <PublicPage />
          <Addresses addresses={data.addresses} />
          <Mail addresses={data.addresses} mail={data.mail} />
          <Secrets secrets={data.secrets} />
          <AllSettings />
          <SupportFile />
          <Version />
        </Stack>
      )}
    </>
  )
}

function Addresses({ addresses: { api, proxy } }: Pick<DoctorView, 'addresses'>) {
  const shown = (url: string | null, name: string) => (
    <>
      {url ?? m.admin_address_followed()}
      <Text c="dimmed" size="xs">
        {m.admin_setting_from({ name })}
      </Text>
    </>
  )
  return (
    <Section lead={m.admin_addresses_lead()} title={m.admin_addresses()}>
      <Facts
        facts={[
          [m.admin_address_api(), shown(api, 'PUBLIC_API_URL')],
          [m.admin_address_proxy(), shown(proxy, 'PUBLIC_PROXY_URL')],
        ]}
      />
    </Section>
  )
}

function Secrets({ secrets }: Pick<DoctorView, 'secrets'>) {
  const reseal = useOperation(() => call('POST admin/secrets/reseal'), { done: () => m.admin_resealed() })
  return (
    <Section lead={m.admin_secrets_lead()} title={m.admin_secrets()}>
      {secrets === null ? (
        <Text size="sm">{m.admin_secrets_unknown()}</Text>
      ) : (
        <Stack gap="sm">
          <Facts
            facts={[
              [m.admin_secrets_checked(), formatNumber(secrets.checked)],
              [m.admin_secrets_unreadable(), formatNumber(secrets.unreadable)],
              [m.admin_secrets_older(), formatNumber(secrets.older)],
            ]}
          />
          {secrets.unreadable > 0 && <Text size="sm">{m.admin_secrets_unreadable_next()}</Text>}
          {reseal.error && <ErrorNotice error={reseal.error} />}
          {secrets.older > 0 && (
            <Action text={m.admin_reseal_text()}>
              <ConfirmButton
                confirm={m.admin_reseal()}
                loading={reseal.isPending}
                onConfirm={() => reseal.mutate(undefined)}
                question={m.admin_reseal_question({ count: secrets.older })}
                size="xs"
              >
                {m.admin_reseal()}
              </ConfirmButton>
            </Action>
          )}
        </Stack>
      )}
    </Section>
  )
}

function Version() {
  const { data } = useQuery(sessionQuery)
  return (
    <Section title={m.admin_about()}>
      <Facts
        facts={[
          [m.admin_version(), data?.version],
          [
            m.admin_setup(),
            <Anchor key="setup" renderRoot={(props) => <Link {...props} to="/setup" />} size="sm">
              {m.admin_setup_again()}
            </Anchor>,
          ],
          [
            m.documentation(),
            <Anchor href="/docs" key="docs" size="sm">
              /docs
            </Anchor>,
          ],
        ]}
      />
    </Section>
  )
}
