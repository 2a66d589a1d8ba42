// What the page asks for.

export const SCOPE = `
query ($group: String!, $hasGroup: Boolean!) {
  group(slug: $group) @include(if: $hasGroup) { id name }
  network { districts { slug name } }
}`

const ENTRY = `
fragment Entry on Offer {
  id title category publishedAt owner { name } group { name } district { name } topics { slug name }
}`

export const BOARD = `
subscription ($filter: OfferFilter!) {
  liveOffers(first: 100, filter: $filter) {
    __typename
    ... on OffersSnapshot { totalCount offers { ...Entry } }
    ... on OffersPatch {
      totalCount
      steps {
        __typename
        ... on OfferEntered { index offer { ...Entry } }
        ... on OfferRefreshed { index offer { ...Entry } }
        ... on OfferLeft { offerId }
      }
    }
  }
}
${ENTRY}`

export const FIGURES = `
subscription {
  networkStatistics {
    memberCount organisationCount groupCount upcomingEventCount seekingOfferCount providingOfferCount
  }
}`

export const HISTORY = `
query { network { history(days: 90) { day seekingOfferCount providingOfferCount } } }`

export const NEWS = `
query {
  liveCursor
  groups(first: 100, sort: RECENTLY_ACTIVE) { nodes { id name posts(first: 5) { nodes { id title publishedAt } } } }
}`

export const GROUP_NEWS = `
query ($slug: String!) {
  liveCursor
  group(slug: $slug) { id name posts(first: 30) { nodes { id title publishedAt } } }
}`

export const NEWS_UPDATES = `
subscription ($after: String, $group: ID) {
  groupUpdated(after: $after, id: $group) {
    cursor occurredAt groupId group { name }
    change {
      __typename
      ... on GroupPostPublished { post { id title publishedAt } }
      ... on GroupPostChanged { post { id title publishedAt } }
      ... on GroupPostRemoved { postId }
      ... on GroupMemberJoined { member { name } }
      ... on GroupEventScheduled { event { title } }
    }
  }
}`

const EVENT = `
fragment Gathering on Event {
  id title status startsAt endsAt timeZone capacity remainingSeats waitlistedCount parent { id } venue { name }
}`

export const EVENTS = `
query ($filter: EventFilter!) {
  liveCursor
  events(first: 30, filter: $filter) {
    nodes { ...Gathering }
    pageInfo { hasNextPage }
  }
}
${EVENT}`

export const EVENT_UPDATES = `
subscription ($after: String) {
  eventChanged(after: $after) { change eventId event { ...Gathering } }
}
${EVENT}`
