"""Common given and family names by naming tradition, mixed at random: nobody in particular."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Names:
    """Given names that are mostly feminine, mostly masculine, or either, and family names."""

    feminine: tuple[str, ...]
    masculine: tuple[str, ...]
    either: tuple[str, ...]
    family: tuple[str, ...]


_EITHER = "Alex Ari Casey Emery Jordan Jules Kai Marlow Morgan Noor Quinn Remy River Robin Sage Sam"


def _names(feminine: str, masculine: str, family: str, either: str = _EITHER) -> Names:
    return Names(
        tuple(feminine.split()),
        tuple(masculine.split()),
        tuple(either.split()),
        tuple(family.split()),
    )


NAMES: Mapping[str, Names] = MappingProxyType(
    {
        "english": _names(
            "Alice Anna Beth Claire Diane Eleanor Emily Grace Hannah Helen Julia Karen Laura Lucy "
            "Megan Nora Rachel Rebecca Sarah Susan",
            "Andrew Brian Charles Daniel David Eric George Henry James Mark Matthew Paul Peter "
            "Robert Stephen Thomas William",
            "Adams Baker Bennett Brooks Carter Clark Cooper Davies Evans Fields Fisher Harris Hill "
            "Hughes Mason Miller Moore Murphy Parker Reed Russell Shaw Tanner Walsh Ward Wells",
        ),
        "african_american": _names(
            "Aaliyah Angela Brianna Ebony Imani Jasmine Kiara Latoya Monique Nia Simone Tamara "
            "Tiana Yolanda",
            "Andre Darius Darnell Isaiah Jamal Jerome Malcolm Marcus Terrence Tyrone Xavier",
            "Banks Bell Booker Coleman Dawson Freeman Gaines Hayes Jackson Jefferson Joseph Mosley "
            "Simmons Tate Washington Wilkins",
        ),
        "spanish": _names(
            "Adriana Alejandra Ana Beatriz Carmen Carolina Daniela Elena Gabriela Isabel Lucía "
            "Luz Mariana Marisol Patricia Rosa Sofía Teresa Valeria Ximena",
            "Alejandro Andrés Carlos Diego Eduardo Fernando Javier Jorge José Luis Manuel Mateo "
            "Miguel Rafael Ricardo",
            "Aguilar Castillo Castro Cruz Delgado Díaz Flores García Gómez Guerrero Hernández "
            "Jiménez López Márquez Medina Mendoza Morales Núñez Ortiz Peña Ramírez Reyes Ríos "
            "Rincón Rojas Salazar Torres Vargas Vega",
        ),
        "portuguese": _names(
            "Beatriz Camila Fernanda Helena Inês Joana Larissa Marta Renata",
            "André Bruno Caio Filipe João Paulo Rodrigo Tiago",
            "Almeida Barbosa Carvalho Costa Ferreira Gomes Lima Oliveira Pereira Santos Silva",
        ),
        "chinese": _names(
            "Amy Connie Fang Grace Hui Jing Lan Li Lin Mei Min Vivian Wen Xiu Yan Ying",
            "Bo Chen Feng Hao Jason Jian Jun Kevin Lei Ming Tao Wei",
            "Chan Chang Chen Cheng Huang Kwok Lau Leung Li Lin Liu Ma Tang Wang Wong Wu Xu Yang "
            "Zhang Zhao",
        ),
        "korean": _names(
            "Eunji Grace Hana Jiwoo Jiyeon Minji Seoyeon Soomin Yuna",
            "Daniel Donghyun Jaehyun Jinwoo Joon Minho Sungmin Taeyang",
            "Bae Cho Choi Han Hong Jung Kang Kim Lee Lim Park Seo Shin Song Yoon",
        ),
        "japanese": _names(
            "Aiko Emi Haruka Keiko Mariko Naomi Sakura Yoko Yuki",
            "Daichi Hiroshi Kenji Makoto Takashi Tomo Yuto",
            "Fujita Hayashi Inoue Ito Kato Kimura Mori Nakamura Ono Saito Sato Suzuki Tanaka",
        ),
        "indian": _names(
            "Aditi Ananya Anjali Deepa Divya Isha Kavita Lakshmi Meera Nandini Pooja Priya Radha "
            "Shreya Sunita",
            "Aditya Amit Arjun Karan Manish Nikhil Rahul Rajesh Rohan Sanjay Vikram",
            "Agarwal Bose Chatterjee Desai Gupta Iyer Joshi Kapoor Mehta Menon Nair Patel Rao "
            "Reddy Shah Sharma Singh Varma",
        ),
        "pakistani": _names(
            "Amina Ayesha Farah Fatima Hina Mariam Sadia Sana Zainab",
            "Ahmed Ali Bilal Faisal Hamza Imran Omar Usman",
            "Akhtar Aslam Butt Chaudhry Hussain Iqbal Javed Khan Malik Mirza Qureshi Rahman Sheikh",
        ),
        "vietnamese": _names(
            "Anh Hanh Huong Kim Lan Linh Mai Ngoc Phuong Thao Thuy Trang",
            "Bao Binh Dung Duc Hieu Huy Long Minh Quang Tuan",
            "Bui Dang Do Duong Ho Hoang Huynh Le Ly Ngo Nguyen Pham Phan Tran Truong Vo Vu",
        ),
        "filipino": _names(
            "Angelica Bernadette Cristina Divina Grace Imelda Jocelyn Liza Marivic Rowena",
            "Arnel Benjie Dennis Efren Jerome Noel Ramon Rodel",
            "Aquino Bautista Cruz Dizon Domingo Evangelista Magno Manalo Ocampo Pascual Santos "
            "Tolentino Villanueva",
        ),
        "arabic": _names(
            "Dina Hala Hanan Jamila Layla Lina Mona Nadia Rana Salma Samira Yasmin",
            "Adel Fadi Hassan Karim Khalid Nabil Rami Samir Tariq Walid",
            "Abbas Amin Aziz Darwish Farouk Haddad Hamdan Khoury Mansour Nasser Qasim Saleh Shadid",
        ),
        "persian": _names(
            "Azadeh Laleh Leila Mahsa Mina Nasrin Parisa Roya Shirin Yasaman",
            "Ali Arash Babak Behrouz Dariush Farhad Kamran Navid Reza",
            "Ahmadi Ebrahimi Farahani Hosseini Jafari Karimi Moradi Nazari Rahimi Rostami Tehrani",
        ),
        "turkish": _names(
            "Aylin Defne Ebru Elif Esra Leyla Selin Zeynep",
            "Ahmet Can Emre Kemal Mert Murat Orhan",
            "Arslan Aydin Demir Kaya Kurt Polat Sahin Yildiz Yilmaz",
        ),
        "hebrew": _names(
            "Dalia Deborah Esther Leah Miriam Naomi Noa Rachel Rivka Ruth Shira Tamar",
            "Aaron Adam Ari Benjamin Daniel Eli Ilan Jonathan Noah Simon",
            "Adler Berman Cohen Feldman Friedman Goldberg Kaplan Katz Levin Levy Rosen Roth "
            "Shapiro Stein Weiss",
        ),
        "slavic": _names(
            "Anastasia Daria Halina Irina Katarzyna Kateryna Magda Natalia Oksana Olga Svetlana "
            "Tatiana",
            "Andriy Dmitri Igor Marek Mikhail Oleg Pavel Sergei Tomasz Viktor",
            "Antonenko Bondar Ivanova Kovalenko Kowalska Lis Melnyk Moroz Nowak Orlov Petrenko "
            "Popov Sokolova Volkov Zielinska",
        ),
        "east_african": _names(
            "Abeba Almaz Amina Asha Fadumo Hiwot Makeda Neema Sahra Selam Wanjiru Zawadi",
            "Abdi Baraka Dawit Elias Juma Kamau Mekonnen Tesfaye Yonas",
            "Abebe Bekele Farah Getachew Haile Kariuki Mohamud Mwangi Njoroge Otieno Tadesse "
            "Warsame Wolde",
        ),
        "west_african": _names(
            "Abena Adaeze Ama Chioma Efua Fatou Folake Ifeoma Mariama Ngozi",
            "Chidi Emeka Kofi Kwame Mamadou Obinna Ousmane Tunde Yaw",
            "Addo Adeyemi Asante Boateng Diallo Eze Mensah Ndiaye Okafor Okoro Owusu Traore",
        ),
        "caribbean": _names(
            "Claudette Giselle Islande Marlene Mireille Nadege Rose Shanice Yvette",
            "Devon Emmanuel Jean Lorenzo Marlon Patrick Ricardo Wesley",
            "Baptiste Campbell Charles Clarke Desir Dorval Joseph Louis Noel Pierre Toussaint",
        ),
        "indigenous": _names(
            "Ayasha Dena Kaya Leona Lorena Shawna Tala Wynona",
            "Chayton Dakota Elan Jesse Leon Nathan Tokala",
            "Begaye Blackwater Greyeyes Longknife Manygoats Redbird Swiftwater Tallwood Whitehorse",
        ),
        "pacific": _names(
            "Ana Kalani Leilani Lupe Malia Mele Noelani Sina",
            "Ikaika Keoni Kimo Manu Sione Tavita Tevita",
            "Faleafa Ioane Kahale Kealoha Lealaitafea Mahoe Tafuna Tauiliili Vainuku",
        ),
        "french_german_italian": _names(
            "Amélie Bianca Chiara Claudia Giulia Ingrid Käthe Lena Margot Sophie",
            "Bastian Étienne Franz Jürgen Luca Marco Matthias Olivier Pascal",
            "Bernard Dubois Fontaine Keller Lambert Marchetti Moretti Ricci Schneider Vogel Weber "
            "Winkler",
        ),
    }
)
