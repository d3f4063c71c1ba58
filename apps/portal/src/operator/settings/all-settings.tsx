import { Group, Stack, Switch, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { SETTING_GROUP_NAMES, type SettingView, isChanged } from '@obb/contracts'
import { DataTable } from '../../shared/data-table.js'
import { EmptyState } from '../../shared/empty-state.js'
import { ErrorNotice } from '../../shared/error-notice.js'
import { SettingsIcon } from '../../shared/icons.js'
import { SearchInput } from '../../shared/search-input.js'
import { m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { OpenRow, Section, StateBadge } from '../parts.js'
import { settingsQuery } from '../queries.js'
import { withoutUnset } from '../search.js'
import { SettingDetails } from './setting-details.js'
import { GROUPS, SOURCES, meaningOf } from './setting-texts.js'
import { Value } from './setting-value.js'

const route = getRouteApi('/frame/operator/admin/settings')

/** Every setting of every process; they are changed where they stand. */
export function AllSettings() {
  const { search, changed, setting: opened } = route.useSearch()
  const navigate = route.useNavigate()
  const { data, error, refetch } = useQuery(settingsQuery)
  const change = (next: Partial<Record<'search' | 'changed' | 'setting', string | undefined>>) =>
    void navigate({
      search: (known) => withoutUnset({ ...known, ...next }),
      replace: true,
      resetScroll: false,
    })
  const settings = data?.settings ?? []
  const shown = settings.filter(
    (each) => isSought(each, search) && (changed === undefined || isChanged(each)),
  )
  return (
    <Section lead={m.admin_all_settings_lead()} title={m.admin_all_settings()}>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Pending />}
      {data && (
        <Stack gap="md">
          <Group gap="sm">
            <SearchInput
              label={m.admin_setting_search()}
              onChange={(text) => change({ search: text })}
              value={search}
            />
            <Switch
              checked={changed !== undefined}
              label={m.admin_settings_changed()}
              onChange={(event) => change({ changed: event.currentTarget.checked ? '1' : undefined })}
            />
          </Group>
          {!data.ofAll && (
            <Text c="dimmed" size="sm">
              {m.admin_settings_elsewhere()}
            </Text>
          )}
          {shown.length === 0 && (
            <EmptyState icon={<SettingsIcon size={32} />} title={m.admin_settings_none()}>
              {m.admin_settings_none_next()}
            </EmptyState>
          )}
          {SETTING_GROUP_NAMES.map((group) => (
            <SettingGroupTable
              group={group}
              key={group}
              onOpen={(setting) => change({ setting })}
              settings={shown.filter((each) => each.group === group)}
            />
          ))}
        </Stack>
      )}
      <SettingDetails
        isOfAll={data?.ofAll ?? false}
        onClose={() => change({ setting: undefined })}
        setting={settings.find(({ name }) => name === opened)}
      />
    </Section>
  )
}

interface GroupProps {
  group: SettingView['group']
  settings: readonly SettingView[]
  onOpen: (name: string) => void
}

function SettingGroupTable({ group, settings, onOpen }: GroupProps) {
  if (settings.length === 0) return null
  return (
    <Stack gap="xs">
      <Title order={3}>{GROUPS[group]()}</Title>
      <DataTable
        columns={[
          {
            id: 'name',
            header: m.admin_setting(),
            width: 'minmax(0, 4fr)',
            cell: (setting) => (
              <>
                <OpenRow onOpen={() => onOpen(setting.name)}>{setting.name}</OpenRow>
                <Text c="dimmed" size="xs">
                  {meaningOf(setting)}
                </Text>
              </>
            ),
          },
          {
            id: 'value',
            header: m.admin_setting_value(),
            width: 'minmax(0, 3fr)',
            cell: (setting) => <Value setting={setting} />,
          },
          {
            id: 'source',
            header: m.admin_setting_source(),
            width: '9rem',
            cell: (setting) => (
              <StateBadge color={isChanged(setting) ? 'lake' : 'gray'}>
                {SOURCES[setting.source]()}
              </StateBadge>
            ),
          },
        ]}
        label={GROUPS[group]()}
        rowKey={({ name }) => name}
        rows={settings}
      />
    </Stack>
  )
}

/** By name, meaning and value. */
function isSought(setting: SettingView, search: string | undefined): boolean {
  const words = (search ?? '').toLowerCase().split(/\s+/)
  const text = `${setting.name} ${meaningOf(setting)} ${setting.value ?? ''}`.toLowerCase()
  return words.every((word) => text.includes(word))
}
