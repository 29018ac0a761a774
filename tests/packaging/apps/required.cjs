const { use } = require("./use.js");

const [entry, baseUrl] = process.argv.slice(2);
void use(require(entry), baseUrl).then((answer) => console.log(JSON.stringify(answer)));
