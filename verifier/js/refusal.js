// Refusals (section 6): every check that fails throws one, with its stable code and a Chinese explanation.
// `about`: what was at fault, for a closer diagnosis.
(function (ssj) {
  class Refusal extends Error {
    constructor(code, detail, about) {
      super(code + ": " + detail);
      this.code = code;
      this.detail = detail;
      this.about = about;
    }
  }

  ssj.Refusal = Refusal;
  ssj.refuse = function (code, detail, about) {
    throw new Refusal(code, detail, about);
  };
})(ssj);
