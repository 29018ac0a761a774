/** The core as edge runtimes import it: compiled beforehand. For `init` of `threadpass/slim`. */
declare const core: WebAssembly.Module;
export default core;
