//! Recursive descent over the tokens. Only parentheses recurse; chains of operators are loops.

use super::Limits;
use super::ast::{Comparison, ObjectPath, Observation, Operator, Predicate, Proposition, Qualifier, Step};
use super::error::PatternError;
use super::lexer::{Keyword, LexError, Lexer, Token};

mod constants;

type Parsed<T> = Result<T, PatternError>;

pub(super) fn parse(text: &str, limits: &Limits) -> Parsed<Observation> {
    if text.len() > limits.bytes {
        return Err(PatternError::new(text, 0, format!("the pattern is longer than {} bytes", limits.bytes)));
    }
    let mut parser = Parser {
        text,
        lexer: Lexer::new(text),
        token: Token::End,
        start: 0,
        depth: 0,
        nodes: 0,
        limits: *limits,
    };
    parser.advance()?;
    let root = parser.observations()?;
    match parser.token {
        Token::End => Ok(root),
        _ => Err(parser.expected("`AND`, `OR`, `FOLLOWEDBY`, a qualifier or the end of the pattern")),
    }
}

struct Parser<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    /// The token to be read next, and where it begins.
    token: Token<'a>,
    start: usize,
    depth: usize,
    nodes: usize,
    limits: Limits,
}

impl Parser<'_> {
    fn advance(&mut self) -> Parsed<()> {
        match self.lexer.next() {
            Ok((token, start)) => {
                self.token = token;
                self.start = start;
                Ok(())
            }
            Err(LexError { offset, problem }) => Err(PatternError::new(self.text, offset, problem)),
        }
    }

    fn fault(&self, problem: String) -> PatternError {
        PatternError::new(self.text, self.start, problem)
    }

    fn expected(&self, what: &str) -> PatternError {
        self.fault(format!("expected {what}, found {}", self.token))
    }

    /// Consumes `token` if it comes next.
    fn eats(&mut self, token: Token<'_>) -> Parsed<bool> {
        let next = self.token == token;
        if next {
            self.advance()?;
        }
        Ok(next)
    }

    fn eats_keyword(&mut self, keyword: Keyword) -> Parsed<bool> {
        self.eats(Token::Keyword(keyword))
    }

    fn expect(&mut self, token: Token<'_>) -> Parsed<()> {
        if self.eats(token)? { Ok(()) } else { Err(self.expected(&token.to_string())) }
    }

    /// Counts a node against the cap.
    fn count(&mut self) -> Parsed<()> {
        self.nodes += 1;
        if self.nodes > self.limits.nodes {
            return Err(self.fault(format!("the pattern has more than {} parts", self.limits.nodes)));
        }
        Ok(())
    }

    /// Reads what stands in parentheses; the opening one comes next.
    fn parenthesised<T>(&mut self, inner: fn(&mut Self) -> Parsed<T>) -> Parsed<T> {
        self.depth += 1;
        if self.depth > self.limits.depth {
            return Err(self.fault(format!("parentheses are nested more than {} deep", self.limits.depth)));
        }
        self.advance()?;
        let found = inner(self)?;
        self.expect(Token::CloseRound)?;
        self.depth -= 1;
        Ok(found)
    }

    /// A chain of one operator. A chain of one member is that member.
    fn chain<T>(
        &mut self,
        operator: Keyword,
        member: fn(&mut Self) -> Parsed<T>,
        join: fn(Vec<T>) -> T,
    ) -> Parsed<T> {
        let first = member(self)?;
        if self.token != Token::Keyword(operator) {
            return Ok(first);
        }
        let mut members = vec![first];
        while self.eats_keyword(operator)? {
            members.push(member(self)?);
        }
        Ok(join(members))
    }

    /// `FOLLOWEDBY` binds loosest, then `OR`, then `AND` (§9.5).
    fn observations(&mut self) -> Parsed<Observation> {
        self.chain(Keyword::FollowedBy, Self::observation_or, Observation::FollowedBy)
    }

    fn observation_or(&mut self) -> Parsed<Observation> {
        self.chain(Keyword::Or, Self::observation_and, Observation::Or)
    }

    fn observation_and(&mut self) -> Parsed<Observation> {
        self.chain(Keyword::And, Self::qualified, Observation::And)
    }

    fn qualified(&mut self) -> Parsed<Observation> {
        let inner = match self.token {
            Token::OpenRound => self.parenthesised(Self::observations)?,
            Token::OpenSquare => {
                self.advance()?;
                let test = self.comparisons()?;
                if self.token != Token::CloseSquare {
                    return Err(self.expected("`AND`, `OR` or `]`"));
                }
                self.advance()?;
                Observation::Test(test)
            }
            _ => return Err(self.expected("`[` or `(`")),
        };
        let mut qualifiers: Vec<Qualifier> = Vec::new();
        loop {
            let start = self.start;
            let Some(qualifier) = self.qualifier()? else { break };
            let again =
                |earlier: &Qualifier| std::mem::discriminant(earlier) == std::mem::discriminant(&qualifier);
            if qualifiers.iter().any(again) {
                let problem = "this expression has a qualifier of that kind already".to_owned();
                return Err(PatternError::new(self.text, start, problem));
            }
            self.count()?;
            qualifiers.push(qualifier);
        }
        if qualifiers.is_empty() {
            Ok(inner)
        } else {
            Ok(Observation::Qualified(Box::new(inner), qualifiers))
        }
    }

    fn qualifier(&mut self) -> Parsed<Option<Qualifier>> {
        let Token::Keyword(keyword) = self.token else { return Ok(None) };
        let qualifier = match keyword {
            Keyword::Within => {
                self.advance()?;
                let seconds = self.positive_number()?;
                self.expect(Token::Keyword(Keyword::Seconds))?;
                Qualifier::Within(seconds)
            }
            Keyword::Repeats => {
                self.advance()?;
                let times = self.positive_integer()?;
                self.expect(Token::Keyword(Keyword::Times))?;
                Qualifier::Repeats(times)
            }
            Keyword::Start => {
                self.advance()?;
                let start = self.timestamp()?;
                self.expect(Token::Keyword(Keyword::Stop))?;
                let stop_offset = self.start;
                let stop = self.timestamp()?;
                if start >= stop {
                    let problem = "the stop must be after the start".to_owned();
                    return Err(PatternError::new(self.text, stop_offset, problem));
                }
                Qualifier::StartStop(start, stop)
            }
            _ => return Ok(None),
        };
        Ok(Some(qualifier))
    }

    /// `OR` binds looser than `AND` (§9.6).
    fn comparisons(&mut self) -> Parsed<Comparison> {
        self.chain(Keyword::Or, Self::comparison_and, Comparison::Or)
    }

    fn comparison_and(&mut self) -> Parsed<Comparison> {
        self.chain(Keyword::And, Self::proposition, Comparison::And)
    }

    fn proposition(&mut self) -> Parsed<Comparison> {
        self.count()?;
        let proposition = match self.token {
            Token::OpenRound => return self.parenthesised(Self::comparisons),
            Token::Keyword(Keyword::Exists) => {
                self.advance()?;
                Proposition { path: self.object_path()?, negated: false, predicate: Predicate::Exists }
            }
            Token::Keyword(Keyword::Not) => {
                self.advance()?;
                if !self.eats_keyword(Keyword::Exists)? {
                    return Err(
                        self.expected("`EXISTS`; before another operator `NOT` stands after the path")
                    );
                }
                Proposition { path: self.object_path()?, negated: true, predicate: Predicate::Exists }
            }
            _ => {
                let path = self.object_path()?;
                let negated = self.eats_keyword(Keyword::Not)?;
                Proposition { path, negated, predicate: self.predicate()? }
            }
        };
        Ok(Comparison::Proposition(proposition))
    }

    fn predicate(&mut self) -> Parsed<Predicate> {
        let operator = match self.token {
            Token::Equal => Operator::Equal,
            Token::NotEqual => Operator::NotEqual,
            Token::Less => Operator::Less,
            Token::LessOrEqual => Operator::LessOrEqual,
            Token::Greater => Operator::Greater,
            Token::GreaterOrEqual => Operator::GreaterOrEqual,
            Token::Keyword(keyword) => return self.worded_predicate(keyword),
            _ => return Err(self.expected("a comparison operator")),
        };
        self.advance()?;
        let ordered = !matches!(operator, Operator::Equal | Operator::NotEqual);
        if ordered && matches!(self.token, Token::Keyword(Keyword::True | Keyword::False)) {
            return Err(self.expected("a constant that has an order"));
        }
        Ok(Predicate::Compare(operator, self.constant()?))
    }

    fn worded_predicate(&mut self, keyword: Keyword) -> Parsed<Predicate> {
        let of_text = match keyword {
            Keyword::In => {
                self.advance()?;
                return Ok(Predicate::In(self.set()?));
            }
            Keyword::Like => Predicate::Like,
            Keyword::Matches => Predicate::Matches,
            Keyword::IsSubset => Predicate::IsSubset,
            Keyword::IsSuperset => Predicate::IsSuperset,
            _ => return Err(self.expected("a comparison operator")),
        };
        self.advance()?;
        Ok(of_text(self.string()?))
    }

    /// `type:key`, then any number of `.key`, `[0]`, `[*]` (§9.7).
    fn object_path(&mut self) -> Parsed<ObjectPath> {
        let Token::Word(kind) = self.token else {
            return Err(self.expected("the type of an object, such as `domain-name`"));
        };
        self.advance()?;
        self.expect(Token::Colon)?;
        let mut steps = Vec::with_capacity(2);
        steps.push(self.key()?);
        loop {
            match self.token {
                Token::Dot => {
                    self.advance()?;
                    steps.push(self.key()?);
                }
                Token::OpenSquare => {
                    self.advance()?;
                    steps.push(self.position()?);
                    self.expect(Token::CloseSquare)?;
                }
                _ => break,
            }
            self.count()?;
        }
        Ok(ObjectPath { kind: kind.to_owned(), steps })
    }

    fn key(&mut self) -> Parsed<Step> {
        let key = match self.token {
            Token::Word(word) if !word.contains('-') => word.to_owned(),
            Token::Word(_) => return Err(self.expected("a property; a name with a hyphen is put in quotes")),
            Token::Keyword(_) => {
                return Err(self.expected("a property; a keyword as a name is put in quotes"));
            }
            Token::Text(_) => return Ok(Step::Key(self.string()?)),
            _ => return Err(self.expected("a property")),
        };
        self.advance()?;
        Ok(Step::Key(key))
    }

    fn position(&mut self) -> Parsed<Step> {
        if self.eats(Token::Asterisk)? {
            return Ok(Step::Any);
        }
        let Token::Integer(digits) = self.token else {
            return Err(self.expected("a position in a list or `*`"));
        };
        let Ok(position) = digits.parse() else {
            return Err(self.expected("a position in a list, counted from 0"));
        };
        self.advance()?;
        Ok(Step::Index(position))
    }
}
