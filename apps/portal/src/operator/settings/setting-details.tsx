import { Group, Stack, Text, Title } from '@mantine/core'
import type { SettingView } from '@obb/contracts'
import { CopyButton } from '../../shared/copy.js'
import { Facts } from '../../shared/facts.js'
import { m } from '../../shared/text.js'
import { Details } from '../parts.js'
import { PROCESSES, SOURCES, meaningOf } from './setting-texts.js'
import { Value } from './setting-value.js'

interface SettingDetailsProps {
  /** Undefined: closed. */
  setting: SettingView | undefined
  /** Whether the gateway knows what every process is told. */
  isOfAll: boolean
  onClose: () => void
}

/** What a setting is, and how it is changed. */
export function SettingDetails({ setting, isOfAll, onClose }: SettingDetailsProps) {
  return (
    <Details onClose={onClose} opened={setting !== undefined} title={setting?.name}>
      {setting && (
        <>
          <Text size="sm">{meaningOf(setting)}</Text>
          <Facts
            facts={[
              [m.admin_setting_value(), <Value key="value" setting={setting} />],
              [m.admin_setting_source(), SOURCES[setting.source]()],
              [m.admin_setting_default(), setting.default ?? m.admin_setting_not_set()],
              [m.admin_setting_processes(), setting.processes.map((each) => PROCESSES[each]()).join(' · ')],
            ]}
          />
          {!isOfAll && isShared(setting) && (
            <Text c="dimmed" size="sm">
              {m.admin_setting_shared()}
            </Text>
          )}
          <Change isOfAll={isOfAll} setting={setting} />
        </>
      )}
    </Details>
  )
}

/** Then the value is the gateway’s own, and the others may have been told another. */
const isShared = ({ processes, source }: SettingView): boolean =>
  source !== 'elsewhere' && processes.includes('api') && processes.length > 1

function Change({ setting, isOfAll }: { setting: SettingView; isOfAll: boolean }) {
  const { name, value, partial, source } = setting
  const line = `${name}=${partial ? '…' : (value ?? setting.default ?? '')}`
  // What `npm start` itself was told goes before `.env`, and stays until it is started anew.
  const atStart = setting.atStart || (isOfAll && source === 'environment')
  return (
    <Stack gap="xs">
      <Title order={3}>{m.admin_setting_change()}</Title>
      <Text size="sm">{m.admin_setting_line()}</Text>
      <code style={{ overflowWrap: 'anywhere' }}>{line}</code>
      <Text size="sm">{atStart ? m.admin_setting_start() : m.admin_setting_restart()}</Text>
      <Group gap="xs">
        {!partial && <CopyButton label={m.admin_setting_copy_line()} text={line} />}
        <CopyButton
          label={m.admin_setting_link()}
          text={`${location.origin}/admin/settings?setting=${name}`}
        />
      </Group>
    </Stack>
  )
}
