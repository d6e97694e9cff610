//! Enums with a list of all their values, so that a new variant cannot be missing from the list.

/// Defines an enum together with the list of all its values.
///
/// An enum of plain variants gets a constant `ALL` and a function `all`. An enum with variants that
/// hold a value of another listed enum gets a private function `every`. Not all of their
/// combinations need to make sense, so its own `all` chooses among them.
#[doc(hidden)]
#[macro_export]
macro_rules! listed {
    (
        $(#[$of_enum:meta])*
        $vis:vis enum $Name:ident { $($(#[$of_variant:meta])* $Variant:ident),+ $(,)? }
    ) => {
        $(#[$of_enum])*
        $vis enum $Name { $($(#[$of_variant])* $Variant),+ }

        impl $Name {
            /// Every value, in the order of the definition.
            $vis const ALL: [Self; [$($Name::$Variant),+].len()] = [$(Self::$Variant),+];

            /// Returns every value, in the order of the definition.
            $vis fn all() -> impl Iterator<Item = Self> {
                Self::ALL.into_iter()
            }
        }
    };
    (
        $(#[$of_enum:meta])*
        $vis:vis enum $Name:ident {
            $($(#[$of_variant:meta])* $Variant:ident $(($Inner:ty))?),+ $(,)?
        }
    ) => {
        $(#[$of_enum])*
        $vis enum $Name { $($(#[$of_variant])* $Variant $(($Inner))?),+ }

        impl $Name {
            /// Returns every value of every variant, in the order of the definition.
            fn every() -> impl Iterator<Item = Self> {
                std::iter::empty()$(.chain($crate::listed!(@values $Variant $($Inner)?)))+
            }
        }
    };
    (@values $Variant:ident) => { [Self::$Variant] };
    (@values $Variant:ident $Inner:ty) => { <$Inner>::all().map(Self::$Variant) };
}

#[cfg(test)]
mod tests {
    listed! {
        #[derive(Debug, PartialEq)]
        enum Inner {
            One,
            Two,
        }
    }

    listed! {
        #[derive(Debug, PartialEq)]
        enum Outer {
            First,
            Of(Inner),
            Last,
        }
    }

    #[test]
    fn every_variant_is_listed_with_every_value_it_may_hold() {
        assert_eq!(Inner::ALL, [Inner::One, Inner::Two]);
        let every: Vec<Outer> = Outer::every().collect();
        let of = Outer::Of;
        assert_eq!(
            every,
            [Outer::First, of(Inner::One), of(Inner::Two), Outer::Last]
        );
    }
}
