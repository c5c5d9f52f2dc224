// Run in a world of its own, where the page's scripts cannot have changed anything.
// size: characters of text there are, hidden ones too. html: the page as HTML, null if longer than `most`.
(most) => {
  const VOID = new Set("area base br col embed hr img input link meta source track wbr".split(" "));
  const RAW = new Set("script style noscript xmp iframe noembed noframes plaintext".split(" "));
  const SILENT = new Set(["script", "style", "template", "noscript"]);
  const text = (s) => s.replace(/&/g, "&amp;").replace(/\u00a0/g, "&nbsp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const value = (s) => s.replace(/&/g, "&amp;").replace(/\u00a0/g, "&nbsp;").replace(/"/g, "&quot;");
  let size = 0;
  const out = [];
  let length = 0;
  const write = (s) => { length += s.length; if (most) out.push(s); };
  const todo = [[document.documentElement, false, false]]; // a stack and no recursion: scripts nest without end
  while (todo.length) {
    const [node, raw, silent] = todo.pop();
    if (typeof node === "string") { write(node); continue; }
    if (node.nodeType === 3) {
      if (!silent) size += node.data.trim().length;
      write(raw ? node.data : text(node.data));
    } else if (node.nodeType === 1) {
      const name = node.localName;
      if (name === "slot" && node.getRootNode() instanceof ShadowRoot) {
        const assigned = node.assignedNodes();
        const shown = assigned.length ? assigned : node.childNodes;
        for (let i = shown.length - 1; i >= 0; i--) todo.push([shown[i], false, silent]);
        continue;
      }
      let tag = "<" + name;
      for (const a of node.attributes) tag += " " + a.name + '="' + value(a.value) + '"';
      write(tag + ">");
      if (VOID.has(name)) continue;
      todo.push(["</" + name + ">"]);
      let root = node.shadowRoot || (name === "template" ? node.content : node);
      if (name === "iframe") {
        let inner = null;
        try { inner = node.contentDocument && node.contentDocument.body; } catch {}
        if (inner && inner.childNodes.length) {
          todo.pop();
          todo.push(["</div>"]);
          for (let i = inner.childNodes.length - 1; i >= 0; i--) todo.push([inner.childNodes[i], false, silent]);
          todo.push(["</iframe><div data-frame>"]);
          continue;
        }
      }
      const below = root.childNodes;
      for (let i = below.length - 1; i >= 0; i--)
        todo.push([below[i], RAW.has(name), silent || SILENT.has(name)]);
    }
    if (most && length > most) return { size, html: null };
  }
  return { size, html: most ? "<!DOCTYPE html>" + out.join("").toWellFormed() : "" };
}
