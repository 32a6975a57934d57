// Streams the chosen file to the server in one PUT, with progress; the browser never holds it in memory.
(function () {
  let request = null;

  function cookie(name) {
    const found = document.cookie.split("; ").find((part) => part.startsWith(`${name}=`));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
  }

  function size(bytes) {
    return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
  }

  // The page may have been left; what is being sent goes on, and is shown again to whoever comes back.
  function here() {
    return document.getElementById("upload-choose") !== null;
  }

  function show(part) {
    if (!here()) return;
    for (const name of ["choose", "progress", "problem"]) {
      document.getElementById(`upload-${name}`).hidden = name !== part && !(part === "problem" && name === "choose");
    }
  }

  function refuse(message, fix) {
    if (!here()) return;
    document.getElementById("upload-problem-message").textContent = message;
    document.getElementById("upload-problem-fix").textContent = fix || "";
    show("problem");
  }

  function send(file) {
    if (!file || request) return;
    const started = performance.now();
    request = new XMLHttpRequest();
    const replaces = new URLSearchParams(window.location.search).get("replaces");
    const more = replaces ? `&replaces=${encodeURIComponent(replaces)}` : "";
    request.open("PUT", `/api/datasets?filename=${encodeURIComponent(file.name)}${more}`);
    request.setRequestHeader("X-CSRFToken", cookie("_csrf_token"));
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.upload.onprogress = (event) => {
      if (!here()) return;
      if (document.getElementById("upload-progress").hidden) begin(file);
      const bar = document.getElementById("upload-bar");
      const doing = document.getElementById("upload-doing");
      const left = document.getElementById("upload-left");
      const share = event.total ? event.loaded / event.total : 0;
      const seconds = (performance.now() - started) / 1000;
      bar.style.width = `${(share * 100).toFixed(1)}%`;
      bar.parentElement.setAttribute("aria-valuenow", Math.round(share * 100));
      doing.textContent = share < 1 ? `${size(event.loaded)} of ${size(event.total)}` : "Looking at the first rows …";
      left.textContent = share > 0 && share < 1 ? `${Math.ceil((seconds / share) * (1 - share))} s left` : "";
      bar.parentElement.classList.toggle("waiting", share >= 1);
      if (share >= 1) bar.style.width = "";
    };
    request.onload = () => {
      const status = request.status;
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* a proxy's page; the sentence below serves */ }
      request = null;
      if (status === 201) {
        if (here()) window.dash_clientside.set_props("shell-location", { href: answer.href });
        return;
      }
      if (status === 401) { window.location.assign(`/sign-in?next=${encodeURIComponent(window.location.pathname + window.location.search)}`); return; }
      refuse(answer.message || `The server refused the file (${status}).`, answer.fix);
    };
    request.onerror = () => { request = null; refuse("The connection broke off.", "Nothing was stored. Check the network and choose the file again."); };
    request.onabort = () => { request = null; show("choose"); };
    begin(file);
    request.send(file);
  }

  function begin(file) {
    const bar = document.getElementById("upload-bar");
    document.getElementById("upload-name").textContent = file.name;
    document.getElementById("upload-doing").textContent = `0 of ${size(file.size)}`;
    document.getElementById("upload-left").textContent = "";
    bar.style.width = "0";
    bar.parentElement.classList.remove("waiting");
    show("progress");
  }

  document.addEventListener("click", (event) => {
    if (event.target.closest("#upload-cancel") && request) request.abort();
    if (event.target.closest("#upload-pick")) {
      const picker = document.createElement("input");
      picker.type = "file";
      picker.onchange = () => send(picker.files[0]);
      picker.click();
    }
  });
  for (const kind of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(kind, (event) => {
      const zone = event.target.closest && event.target.closest("#upload-choose");
      if (!zone) return;
      event.preventDefault();
      zone.classList.toggle("over", kind === "dragover");
      if (kind === "drop") send(event.dataTransfer.files[0]);
    });
  }
})();
