// A quiz: each choice is judged at once, and right answers are counted. Nothing is kept.

const quiz = document.querySelector(".quiz");
const score = quiz.querySelector(".score");
const questions = [...quiz.querySelectorAll("fieldset")];
const right = new Set();

function judge(question, chosen) {
  const isRight = chosen.value === question.dataset.answer;
  for (const label of question.querySelectorAll("label")) label.className = "";
  chosen.closest("label").className = isRight ? "right" : "wrong";
  const verdict = document.createElement("strong");
  verdict.textContent = isRight ? "✓ Right." : "✗ Not right.";
  const why = question.querySelector(".why").cloneNode(true);
  question.querySelector(".says").replaceChildren(verdict, " ", why);
  if (isRight) right.add(question);
  else right.delete(question);
  score.textContent = `${right.size} of ${questions.length} right`;
}

for (const question of questions) {
  const options = [...question.querySelectorAll("input")];
  for (const option of options) option.checked = false; // a browser that comes back keeps choices, not verdicts
  question.querySelector("details").hidden = true;
  question.querySelector(".says").hidden = false;
  question.addEventListener("change", (event) => judge(question, event.target));
  // Arrows would choose every option that they pass; here they only move, and Space chooses.
  question.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (step) {
      const next = options.indexOf(document.activeElement) + step;
      options.at(next % options.length).focus();
      event.preventDefault();
    } else if (event.key === "Enter") {
      document.activeElement.click();
      event.preventDefault();
    }
  });
}
score.hidden = false;
