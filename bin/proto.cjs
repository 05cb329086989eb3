const fs=require('node:fs'), vm=require('node:vm');
const file='/tmp/speed/one/main.cjs', cache='/tmp/speed/one/main.cache';
const src=fs.readFileSync(file,'latin1');
let cachedData; try { cachedData=fs.readFileSync(cache);} catch {}
const script=new vm.Script(src,{filename:'/work/trees/speed/dist/main.js',cachedData,importModuleDynamically:vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER});
if (process.env.SHOW) console.error(script.cachedDataRejected, cachedData?.length);
if(!cachedData||script.cachedDataRejected||process.env.WRITE) process.on('exit',()=>{ const d=script.createCachedData(); fs.writeFileSync(cache,d); });
globalThis.F=script.runInThisContext;
script.runInThisContext()(require,{exports:{}},{}, '/work/trees/speed/dist/main.js','/work/trees/speed/dist','file:///work/trees/speed/dist/main.js');
