// What a frontend writes: documents, and code that uses the types made of them.
import type { TypedDocumentNode } from '@graphql-typed-document-node/core'
import { graphql } from './gql'
import type { CreateOfferInput } from './gql/graphql'

declare function ask<Result, Variables>(document: TypedDocumentNode<Result, Variables>, variables: Variables): Promise<Result>

const Board = graphql(`
  query Board($filter: OfferFilter, $after: String) {
    offers(first: 10, filter: $filter, after: $after) {
      liveCursor
      totalCount
      nodes {
        id
        title
        owner {
          name
        }
        publishedAt
      }
    }
  }
`)

const Watch = graphql(`
  subscription Watch($after: String) {
    groupUpdated(after: $after) {
      cursor
      change {
        __typename
        ... on GroupMemberJoined {
          member {
            name
          }
        }
        ... on GroupMemberLeft {
          left: member {
            name
          }
        }
      }
    }
  }
`)

const Create = graphql(`
  mutation Create($input: CreateOfferInput!) {
    createOffer(input: $input) {
      offer {
        id
      }
      userErrors {
        path
        code
        message
      }
    }
  }
`)

export async function titles(): Promise<string[]> {
  const { offers } = await ask(Board, { filter: { direction: 'SEEK' } })
  return offers?.nodes.map((offer) => offer.title) ?? []
}

export async function joined(after: string): Promise<string | undefined> {
  const { groupUpdated } = await ask(Watch, { after })
  const { change } = groupUpdated
  return change.__typename === 'GroupMemberJoined' ? change.member.name : undefined
}

export async function create(title: string): Promise<string | undefined> {
  const input: CreateOfferInput = { direction: 'SEEK', category: 'ROOM', title, description: '…', publish: true }
  const { createOffer } = await ask(Create, { input })
  return createOffer?.offer?.id ?? createOffer?.userErrors[0]?.message
}
