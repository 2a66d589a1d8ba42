// Where the API is: the server may be below a path, which the page names.
export const ADDRESS = `${document.querySelector('meta[name="root"]').content}/graphql`
