// A column's head in the grid of rows: the name, and under it the type and the share that is missing.
window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {};
window.dashAgGridComponentFunctions.ColumnHead = function ColumnHead(props) {
  const make = window.React.createElement;
  return make("div", { className: props.numeric ? "sd-grid-head numeric" : "sd-grid-head" },
    make("div", { className: "sd-grid-head-name" }, props.displayName),
    make("div", { className: "sd-grid-head-about" }, props.about));
};
