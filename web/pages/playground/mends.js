// What is mended in the packages while the page is built: faults that keep people from using it, and that their makers
// have to mend for good. docs/playground.md says which and why, docs/playground-reports.md what to tell them.
//
// Each is a piece of text of one file and what stands in its place. Where the file or the piece is no longer there the
// build ends and says so: then see whether the fault is still there, and write the mend anew or delete it.

/** `in`: how the file's path ends. `times`: how often the piece stands there, once unless said otherwise. */
export const MENDS = [
  {
    why: 'tabs that hold no buttons: src/tabs.jsx',
    in: 'node_modules/graphiql/dist/GraphiQL.js',
    was: 'ChevronDownIcon, Tab, Tooltip, GraphiQLProvider, QueryEditor, Spinner, ExecuteButton, VariableEditor, HeaderEditor, Tabs, PlusIcon, ResponseEditor } from "@graphiql/react";',
    is: 'ChevronDownIcon, Tooltip, GraphiQLProvider, QueryEditor, Spinner, ExecuteButton, VariableEditor, HeaderEditor, PlusIcon, ResponseEditor } from "@graphiql/react";\nimport { Tab, Tabs } from "/src/tabs.jsx";',
  },
  {
    why: 'what a button does is told inside the page\'s landmark',
    in: 'node_modules/@graphiql/react/dist/components/tooltip/index.js',
    was: 'jsx(T.Portal, { children:',
    is: 'jsx(T.Portal, { container: document.querySelector("main"), children:',
  },
  {
    why: 'so is which of several operations to run',
    in: 'node_modules/@graphiql/react/dist/components/dropdown-menu/index.js',
    was: 'jsx(Portal, { children:',
    is: 'jsx(Portal, { container: document.querySelector("main"), children:',
  },
  {
    why: 'and the page is still there meanwhile',
    in: 'node_modules/@graphiql/react/dist/components/execute-button/index.js',
    was: 'jsxs(DropdownMenu, { children:',
    is: 'jsxs(DropdownMenu, { modal: false, children:',
  },
  {
    why: 'the page is still there while something is looked for in the documentation',
    in: 'node_modules/@graphiql/plugin-doc-explorer/dist/components/search.js',
    was: 'jsxs(ComboboxOptions, { ',
    is: 'jsxs(ComboboxOptions, { modal: false, ',
  },
  ...explorer(),
  ...tabs(),
]

/** The explorer's fields have names, and what is ticked by a click is ticked by the keyboard too. */
function explorer() {
  const file = { in: 'node_modules/graphiql-explorer/dist/Explorer.js' }
  const named = { ...file, why: 'fields of a form have names' }
  const ticked = { ...file, why: 'what is ticked by a click is ticked by the keyboard' }
  return [
    { ...named, was: "type: 'text',", is: "type: 'text', 'aria-label': arg.name," },
    {
      ...named,
      was: 'onChange: this.props.setArgValue,',
      is: "onChange: this.props.setArgValue, 'aria-label': arg.name,",
      times: 2,
    },
    { ...named, was: "style: { flexGrow: '2' } },", is: "style: { flexGrow: '2' }, 'aria-label': 'Add new' }," },
    {
      ...named,
      was: "height: '22px',\n                width: '22px'\n              }) },",
      is: "height: '24px',\n                width: '24px'\n              }), 'aria-label': 'Add' },",
    },
    {
      ...ticked,
      was: 'return props.checked ? props.styleConfig.checkboxChecked : props.styleConfig.checkboxUnchecked;\n}',
      is: `return React.createElement('span', tick(props.label, props.checked),
    props.checked ? props.styleConfig.checkboxChecked : props.styleConfig.checkboxUnchecked);
}

function tick(name, checked) {
  return {
    role: 'checkbox', 'aria-checked': checked, 'aria-label': name, tabIndex: 0,
    onKeyDown: function onKeyDown(event) {
      if (event.key !== ' ' && event.key !== 'Enter') return;
      event.preventDefault();
      event.currentTarget.click();
    }
  };
}`,
    },
    {
      ...ticked,
      was: 'React.createElement(Checkbox, {\n            checked: !!argValue,',
      is: 'React.createElement(Checkbox, {\n            label: arg.name, checked: !!argValue,',
    },
    {
      ...ticked,
      was: 'null,\n            !!argValue ? this.props.styleConfig.arrowOpen',
      is: 'tick(arg.name, !!argValue),\n            !!argValue ? this.props.styleConfig.arrowOpen',
    },
    {
      ...ticked,
      was: '(0, _graphql.isObjectType)(type) ? null : React.createElement(Checkbox, {',
      is: '(0, _graphql.isObjectType)(type) ? null : React.createElement(Checkbox, { label: field.name,',
    },
    {
      ...ticked,
      was: 'null,\n            !!selection ? this.props.styleConfig.arrowOpen',
      is: 'tick(field.name, !!selection),\n            !!selection ? this.props.styleConfig.arrowOpen',
    },
    {
      ...ticked,
      was: 'this._addFragment },\n          React.createElement(Checkbox, {',
      is: `this._addFragment },
          React.createElement(Checkbox, {
            label: this.props.fragment ? this.props.fragment.name.value : this.props.implementingType.name,`,
      times: 2,
    },
  ]
}

/** What is typed, and asked, is the shown tab's a tenth of a second later only: who leaves it before takes it along. */
function tabs() {
  const file = { in: 'node_modules/@graphiql/react/dist/stores/editor.js', why: 'who leaves a tab at once loses nothing of it' }
  return [
    {
      ...file,
      why: 'a tab that was just opened keeps its name',
      was: 'response: responseEditor?.getValue() ?? null,\n\t\t\toperationName: operationName ?? null',
      is: `response: responseEditor?.getValue() ?? null,
      ...(queryEditor?.getValue() === tabsState.tabs[tabsState.activeTabIndex].query ? {} : { operationName: null })`,
    },
    {
      ...file,
      was: 'set(({ actions, onTabChange, tabs }) => {',
      is: `set(({ actions, onTabChange, ...state }) => {
        const { tabs } = synchronizeActiveTabValues(state);`,
    },
    {
      ...file,
      was: 'newOrder.indexOf(activeTab)\n\t\t\t\t};\n\t\t\t\tactions.storeTabs(updated);\n\t\t\t\tsetEditorValues(updated.tabs[updated.activeTabIndex]);',
      is: 'newOrder.indexOf(activeTab) };\nactions.storeTabs(updated);',
    },
    {
      ...file,
      was: 'tabs: tabs.filter((_tab, i) => index !== i),',
      is: 'tabs: synchronizeActiveTabValues({ tabs, activeTabIndex }).tabs.filter((_tab, i) => index !== i),',
    },
  ]
}

/** The plugin for Vite that mends. */
export function mending(mends = MENDS) {
  const done = new Set()
  return {
    name: 'mending',
    transform(code, id) {
      const path = id.split('?')[0].replaceAll('\\', '/')
      let mended = code
      for (const mend of mends.filter((one) => path.endsWith(`/${one.in}`))) {
        const found = mended.split(mend.was).length - 1
        if (found !== (mend.times ?? 1)) {
          throw new Error(`${mend.in} holds ${found} times what mends.js mends there, "${mend.why}":\n${mend.was}`)
        }
        mended = mended.replaceAll(mend.was, () => mend.is)
        done.add(mend)
      }
      return mended === code ? null : { code: mended, map: null }
    },
    buildEnd(error) {
      const left = mends.find((mend) => !done.has(mend))
      if (!error && left) throw new Error(`mends.js mends ${left.in}, "${left.why}", which is no part of the page any more`)
    },
  }
}
