// Of what the page tells: the whole network, or one group, or one part of the town.

import { _ } from './texts.js'

const asked = new URLSearchParams(location.search)

/** `group` and `district` are slugs as they were asked for; `groupId` and the rest are known once the server has answered. */
export const scope = {
  group: asked.get('group'),
  district: asked.get('district'),
  groupId: null,
  districts: [],
  text: '',
  missing: false,
}

/** Whether only a part of the network is asked for. */
export const isPart = Boolean(scope.group || scope.district)
scope.ready = !isPart

/** Whether the page holds the board and nothing else. */
export const isBoard = document.documentElement.dataset.part === 'board'

/** Take what the server says of the group and of the districts. What isn't there limits nothing, and is said. */
export function found({ group, network }) {
  const district = network.districts.find((one) => one.slug === scope.district)
  scope.missing = Boolean((scope.group && !group) || (scope.district && !district))
  scope.groupId = group?.id ?? null
  scope.districts = district ? [district.slug] : []
  const names = [group?.name, district?.name, scope.missing && _('There is no such group or part of the town')]
  scope.text = names.filter(Boolean).join(' · ')
  scope.ready = true
}

/** A filter of entries, or of events, that also keeps to what was asked for. */
export function within(filter) {
  const limited = { ...filter }
  if (scope.groupId) limited.groupId = scope.groupId
  if (scope.districts.length) limited.districts = scope.districts
  return limited
}
