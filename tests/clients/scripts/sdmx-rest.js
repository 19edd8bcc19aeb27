const sdmx = require('sdmx-rest')

// node sdmx-rest.js http://127.0.0.1:8470 v1.5.0
const [base, api] = process.argv.slice(2)
const isV1 = api.startsWith('v1')
const service = sdmx.getService({url: `${base}/sdmx/${isV1 ? 'v1' : 'v2'}`, api})
const say = (...cells) => console.log(cells.join('\t'))
const JSON_2 = 'application/vnd.sdmx.structure+json;version=2.0.0'
const CSV_1 = 'application/vnd.sdmx.data+csv;version=1.0.0'

async function get(query, accept) {
  const response = await fetch(sdmx.getUrl(query, service), {headers: {accept}})
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  return response
}

async function main() {
  const flows = await get(sdmx.getMetadataQuery({resource: 'dataflow', agency: 'LMIS'}), JSON_2)
  for (const flow of (await flows.json()).data.dataflows) say('flow', flow.id)

  const about = {resource: 'datastructure', agency: 'LMIS', id: 'DSD_LFS', references: 'descendants'}
  const {codelists, dataStructures} = (await (await get(sdmx.getMetadataQuery(about), JSON_2)).json()).data
  const sizes = Object.fromEntries(codelists.map(list => [list.id, list.codes.length]))
  const {dimensions} = dataStructures[0].dataStructureComponents.dimensionList
  for (const {id, localRepresentation} of dimensions) {
    say('dimension', id, sizes[localRepresentation.enumeration.match(/:([A-Z_]+)\(/)[1]])
  }

  const query = isV1
    ? sdmx.getDataQuery({flow: 'LMIS,DF_UNE,1.0.0', key: 'M.MYS' + '.'.repeat(12), start: '2024-01'})
    : sdmx.getDataQuery2({context: 'dataflow=LMIS:DF_UNE(1.0.0)', key: 'M.MYS', filters: 'TIME_PERIOD=ge:2024-01'})
  const [head, ...rows] = (await (await get(query, CSV_1)).text()).trim().split(/\r?\n/)
  const place = Object.fromEntries(head.split(',').map((name, n) => [name, n]))
  for (const cells of rows.map(row => row.split(','))) {  // what is used stands before any free text
    say('obs', dimensions.map(d => cells[place[d.id]]).join('.'), cells[place.TIME_PERIOD], cells[place.OBS_VALUE])
  }
}

main().catch(error => { console.error(error.message); process.exitCode = 1 })
